package io.github.cdkliquibase.benchmark.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.cdkliquibase.benchmark.report.Series.Point;
import java.io.ByteArrayInputStream;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class LinePlotTest {

    @Test
    void aPlotIsWellFormedAndHasALineForEachSeries() throws Exception {
        LinePlot plot = new LinePlot(
                "a < b & c",
                "x",
                "y",
                Axis.logarithmic(1, 1000),
                Axis.linear(3),
                List.of(1.0, 1000.0),
                List.of(
                        new Series("one", 0, List.of(new Point(1, 0.5), new Point(1000, 3))),
                        new Series("two & more", 1, List.of(new Point(1, 1)))));

        Document svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(plot.svg().getBytes(UTF_8)));

        assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(2);
        assertThat(svg.getDocumentElement().getTextContent()).contains("a < b & c", "two & more", "1,000");
    }

    @Test
    void equalFactorsAreEqualDistancesOnALogarithmicAxis() {
        Axis axis = new Axis(true, 1, 10_000);

        assertThat(axis.place(100)).isCloseTo(0.5, within(1e-9));
        assertThat(axis.ticks()).startsWith(1.0, 2.0, 5.0, 10.0).endsWith(10_000.0);
    }

    @Test
    void aLinearAxisBeginsAtZeroAndHasRoundTicks() {
        assertThat(Axis.linear(2.4).ticks()).containsExactly(0.0, 0.5, 1.0, 1.5, 2.0, 2.5);
    }
}
