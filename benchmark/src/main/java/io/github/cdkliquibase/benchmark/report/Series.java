package io.github.cdkliquibase.benchmark.report;

import java.util.List;

/**
 * One line of a plot.
 *
 * @param name the name in the legend
 * @param look which colour it has; the same for the same name in all plots. 0 stands out
 * @param points from left to right
 */
record Series(String name, int look, List<Point> points) {

    /** A point of a line. */
    record Point(double x, double y) {}

    Series {
        points = List.copyOf(points);
    }
}
