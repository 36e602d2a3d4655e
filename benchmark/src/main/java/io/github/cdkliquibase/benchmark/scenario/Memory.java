package io.github.cdkliquibase.benchmark.scenario;

/**
 * The memory of a function, and with it the share of processors that Lambda gives.
 *
 * @param megabytes the memory; a JVM's heap gets 85 % of it
 * @param limited whether the share of processors is Lambda's for this memory; else it is the whole machine
 */
public record Memory(int megabytes, boolean limited) {

    /** The memory for which Lambda gives exactly one processor. */
    public static final int ONE_PROCESSOR = 1769;

    /** The whole machine, with the heap of a function that has one processor. */
    public static final Memory WHOLE_MACHINE = new Memory(ONE_PROCESSOR, false);

    private static final String WHOLE = "whole";
    private static final int LEAST = 128;
    private static final int MOST = 10_240;

    public Memory {
        if (megabytes < LEAST || megabytes > MOST) {
            throw new IllegalArgumentException("must be 128 to 10240 megabytes, got '%d'".formatted(megabytes));
        }
    }

    /**
     * From the word on the command line.
     *
     * @param word {@code whole}, or megabytes
     * @throws IllegalArgumentException if it is neither
     */
    public static Memory parse(String word) {
        if (word.equals(WHOLE)) {
            return WHOLE_MACHINE;
        }
        if (!word.matches("\\d{1,5}")) {
            throw new IllegalArgumentException("must be 'whole' or megabytes, such as '512', got '%s'".formatted(word));
        }
        return new Memory(Integer.parseInt(word), true);
    }

    /** The share of processors that Lambda gives for this memory; 1 is one whole processor. */
    public double processors() {
        return (double) megabytes / ONE_PROCESSOR;
    }

    /** The word for the command line. */
    @Override
    public String toString() {
        return limited ? Integer.toString(megabytes) : WHOLE;
    }
}
