package io.github.cdkliquibase.benchmark.report;

import java.util.Map;

/** A page of Markdown with parts between markers, which a run renews. The rest of the page stays as it is. */
final class Page {

    private Page() {}

    /**
     * The page with new parts.
     *
     * @param parts texts by the names in the markers
     * @throws IllegalArgumentException if the page lacks a marker of one of them
     */
    static String renewed(String page, Map<String, String> parts) {
        String text = page;
        for (Map.Entry<String, String> part : parts.entrySet()) {
            text = renewed(text, part.getKey(), part.getValue());
        }
        return text;
    }

    private static String renewed(String page, String name, String part) {
        String beginning = "<!-- benchmark: %s -->\n".formatted(name);
        String end = "<!-- end of benchmark: %s -->".formatted(name);
        int first = page.indexOf(beginning);
        int last = page.indexOf(end);
        if (first < 0 || last < first) {
            throw new IllegalArgumentException(
                    "The page must have the markers '%s' and '%s'".formatted(beginning.strip(), end));
        }
        return page.substring(0, first + beginning.length()) + part + page.substring(last);
    }
}
