package io.github.cdkliquibase.benchmark.contestant;

import java.time.Duration;

/**
 * The measurements of one run.
 *
 * @param time from the start of the process to its answer, or else to its end
 * @param peakKibibytes the most memory that it has had
 */
public record Reading(Duration time, long peakKibibytes) {}
