package io.github.cdkliquibase.benchmark.report;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A scale from values to a place between 0 and 1.
 *
 * @param logarithmic whether equal distances are equal factors
 * @param least value at 0; more than 0 if logarithmic
 * @param most value at 1
 */
record Axis(boolean logarithmic, double least, double most) {

    private static final double[] NICE = {1, 2, 5};
    private static final int STEPS = 6;

    /** An axis that begins at 0. */
    static Axis linear(double most) {
        return new Axis(false, 0, most * 1.05);
    }

    /** A logarithmic axis with some room at both ends. */
    static Axis logarithmic(double least, double most) {
        return new Axis(true, least / 1.3, most * 1.3);
    }

    double place(double value) {
        return logarithmic ? Math.log(value / least) / Math.log(most / least) : (value - least) / (most - least);
    }

    /** Round values to be named at the axis. */
    List<Double> ticks() {
        return logarithmic ? logarithmicTicks() : linearTicks();
    }

    private List<Double> logarithmicTicks() {
        int first = (int) Math.floor(Math.log10(least));
        int last = (int) Math.ceil(Math.log10(most));
        return IntStream.rangeClosed(first, last)
                .boxed()
                .flatMap(power -> DoubleStream.of(NICE).mapToObj(digit -> digit * Math.pow(10, power)))
                .filter(value -> value >= least && value <= most)
                .toList();
    }

    private List<Double> linearTicks() {
        double rough = most / STEPS;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = DoubleStream.of(NICE)
                .map(digit -> digit * power)
                .filter(value -> value >= rough)
                .findFirst()
                .orElse(10 * power);
        return IntStream.rangeClosed(0, (int) Math.floor(most / step))
                .mapToObj(index -> index * step)
                .toList();
    }
}
