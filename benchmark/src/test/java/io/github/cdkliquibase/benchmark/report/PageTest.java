package io.github.cdkliquibase.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PageTest {

    private static final String PAGE = """
            before
            <!-- benchmark: times -->
            old
            <!-- end of benchmark: times -->
            after
            """;

    @Test
    void onlyWhatIsBetweenTheMarkersIsRenewed() {
        assertThat(Page.renewed(PAGE, Map.of("times", "new\n"))).isEqualTo(PAGE.replace("old", "new"));
    }

    @Test
    void aPageWithoutAMarkerIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Page.renewed(PAGE, Map.of("memory", "")))
                .withMessageContaining("<!-- benchmark: memory -->");
    }

    @Test
    void rowsAndColumnsWithoutAValueAreLeftOut() {
        Table table = new Table(
                List.of("", "one", "none", "other"),
                List.of(List.of("full", "1", "", "2"), List.of("empty", "", "", ""), List.of("half", "3", "", "")));

        assertThat(table.withoutEmpty().markdown()).isEqualTo("""
                        | – | one | other |
                        | --- | ---: | ---: |
                        | full | 1 | 2 |
                        | half | 3 | – |
                        """);
    }
}
