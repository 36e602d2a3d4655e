package io.github.cdkliquibase.benchmark.report;

import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/** Numbers that stand for several values. */
final class Statistics {

    private Statistics() {}

    /** The value in the middle, or the mean of the two in the middle; empty without values. */
    static OptionalDouble median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        if (sorted.length == 0) {
            return OptionalDouble.empty();
        }
        int middle = sorted.length / 2;
        return OptionalDouble.of(sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
    }
}
