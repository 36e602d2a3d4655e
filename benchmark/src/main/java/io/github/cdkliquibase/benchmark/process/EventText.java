package io.github.cdkliquibase.benchmark.process;

/** A JSON object, from which strings are taken without a parser: a floor has no class that it can do without. */
record EventText(String json) {

    /** The string of a field. Its text must have no escapes. */
    String field(String name) {
        String beginning = "\"" + name + "\":\"";
        int found = json.indexOf(beginning);
        if (found < 0) {
            throw new IllegalArgumentException("No field " + name);
        }
        int first = found + beginning.length();
        return json.substring(first, json.indexOf('"', first));
    }

    /** The digits of a field that is a number. */
    String number(String name) {
        String beginning = "\"" + name + "\":";
        int first = json.indexOf(beginning) + beginning.length();
        int end = first;
        while (Character.isDigit(json.charAt(end))) {
            end++;
        }
        return json.substring(first, end);
    }
}
