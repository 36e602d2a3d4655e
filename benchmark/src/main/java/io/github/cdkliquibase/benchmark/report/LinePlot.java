package io.github.cdkliquibase.benchmark.report;

import io.github.cdkliquibase.benchmark.report.Series.Point;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A plot of lines as SVG.
 *
 * @param x axis of the values to the right
 * @param y axis of the values upwards
 * @param named the values that are named at the x axis
 */
record LinePlot(String title, String xTitle, String yTitle, Axis x, Axis y, List<Double> named, List<Series> series) {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 520;
    private static final int LEFT = 80;
    private static final int RIGHT = 230;
    private static final int TOP = 50;
    private static final int BOTTOM = 60;
    private static final int LEGEND_STEP = 24;
    private static final int TEXT_RISE = 4;
    private static final MathContext SHORT = new MathContext(3);

    /** Those by Okabe and Ito, which people with any sight can tell apart, and two more. Dashes mark the second use of one. */
    private static final List<String> COLOURS = List.of(
            "#d55e00", "#0072b2", "#009e73", "#e69f00", "#56b4e9", "#cc79a7", "#000000", "#999999", "#8c6d1f",
            "#7f3c8d");

    LinePlot {
        named = List.copyOf(named);
        series = List.copyOf(series);
    }

    /** The plot as the text of a file. */
    String svg() {
        Formatter svg = new Formatter(Locale.ROOT);
        svg.format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">%n",
                WIDTH, HEIGHT);
        svg.format("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n", WIDTH, HEIGHT);
        svg.format("<text x=\"%d\" y=\"28\" font-size=\"17\">%s</text>%n", LEFT, escaped(title));
        grid(svg);
        for (int index = 0; index < series.size(); index++) {
            line(svg, series.get(index));
            legend(svg, series.get(index), TOP + 15 + index * LEGEND_STEP);
        }
        return svg.format("</svg>%n").toString();
    }

    private void grid(Formatter svg) {
        for (double value : y.ticks()) {
            double height = down(value);
            svg.format(
                    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#dddddd\"/>%n",
                    LEFT, height, WIDTH - RIGHT, height);
            svg.format(
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                    LEFT - 8, height + TEXT_RISE, number(value));
        }
        for (double value : named) {
            svg.format(
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#dddddd\"/>%n",
                    across(value), TOP, across(value), HEIGHT - BOTTOM);
            svg.format(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    across(value), HEIGHT - BOTTOM + 20, number(value));
        }
        svg.format(
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#333333\"/>%n",
                LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
        svg.format(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 15, escaped(xTitle));
        int middle = (TOP + HEIGHT - BOTTOM) / 2;
        svg.format(
                "<text x=\"20\" y=\"%d\" text-anchor=\"middle\" transform=\"rotate(-90 20 %d)\">%s</text>%n",
                middle, middle, escaped(yTitle));
    }

    private void line(Formatter svg, Series each) {
        svg.format(
                "<polyline fill=\"none\" %s points=\"%s\"/>%n",
                stroke(each.look()),
                each.points().stream()
                        .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", across(point.x()), down(point.y())))
                        .collect(Collectors.joining(" ")));
        for (Point point : each.points()) {
            dot(svg, each.look(), across(point.x()), down(point.y()));
        }
    }

    private static void legend(Formatter svg, Series each, int height) {
        int left = WIDTH - RIGHT + 20;
        svg.format(
                "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" %s/>%n",
                left, height, left + 30, height, stroke(each.look()));
        dot(svg, each.look(), left + 15, height);
        svg.format("<text x=\"%d\" y=\"%d\">%s</text>%n", left + 38, height + TEXT_RISE, escaped(each.name()));
    }

    private static String stroke(int look) {
        String dashes = look < COLOURS.size() ? "" : " stroke-dasharray=\"6 4\"";
        return "stroke=\"%s\" stroke-width=\"%s\"%s".formatted(colour(look), look == 0 ? "4" : "2", dashes);
    }

    private static void dot(Formatter svg, int look, double across, double down) {
        svg.format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>%n", across, down, colour(look));
    }

    private static String colour(int look) {
        return COLOURS.get(look % COLOURS.size());
    }

    private double across(double value) {
        return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private double down(double value) {
        return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : new BigDecimal(value, SHORT).stripTrailingZeros().toPlainString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
