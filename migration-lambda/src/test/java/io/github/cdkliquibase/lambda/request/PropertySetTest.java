package io.github.cdkliquibase.lambda.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cdkliquibase.lambda.request.Property.ReadOnDelete;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PropertySetTest {

    @Test
    void aNameIsDeclaredOnce() {
        PropertySet set = new PropertySet(SharedProperties.ALL);

        assertThatThrownBy(() -> set.declare(Property.optional("Host", PropertyTypes.TEXT, ReadOnDelete.NO)))
                .hasMessage("Property 'Host' is declared twice");
        assertThat(SharedProperties.ALL.names()).containsOnlyOnce("Host");
    }

    @Test
    void whatOneKindOfResourceKnowsTheOtherDoesNot() {
        assertThat(MigrationProperties.ALL.names())
                .contains("Host", "LockTimeout")
                .doesNotContain("Schemas");
        assertThat(RolesProperties.ALL.names()).contains("Host", "Schemas").doesNotContain("LockTimeout");
        assertThat(SharedProperties.ALL.names()).doesNotContain("LockTimeout", "Schemas");
    }

    @ParameterizedTest
    @EnumSource
    void aDeleteReadsWhatItsDeclarationSays(ReadOnDelete onDelete) {
        Property<Optional<Integer>> port = Property.optional("Port", PropertyTypes.PORT, onDelete);
        PropertyValues right = PropertyValues.ofDelete(Map.of("Port", "5433"));
        PropertyValues wrong = PropertyValues.ofDelete(Map.of("Port", "x"));

        switch (onDelete) {
            case NO -> {
                assertThat(right.get(port)).isEmpty();
                assertThat(wrong.get(port)).isEmpty();
            }
            case IF_ALLOWED -> {
                assertThat(right.get(port)).hasValue(5433);
                assertThat(wrong.get(port)).isEmpty();
            }
            case YES -> {
                assertThat(right.get(port)).hasValue(5433);
                assertThatThrownBy(() -> wrong.get(port)).hasMessageStartingWith("Property 'Port' must be a number");
            }
        }
    }

    @Test
    void aWordOfALaterVersionIsKnownAndRefused() {
        Words<String> words = Words.only("now").later("soon", "soonness");

        assertThat(words.read("When", "now")).isEqualTo("now");
        assertThatThrownBy(() -> words.read("When", "soon"))
                .hasMessage(
                        "Property 'When' is 'soon', but soonness is not supported by this version. Only 'now' is allowed");
        assertThatThrownBy(() -> words.read("When", "never"))
                .hasMessage("Property 'When' must be one of 'now', 'soon', got 'never'");
        assertThatThrownBy(() -> words.read("When", List.of("now")))
                .hasMessage("Property 'When' must be a text, got a list");
    }
}
