package io.github.cdkliquibase.lambda.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonValuesTest {

    private static final JsonMapper DATA_BINDING = new JsonMapper();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "\"\"",
                "\"\\u0000 \\ud83d\\ude00 \\\" \\\\ Ω\"",
                "true",
                "-0",
                "2147483648",
                "123456789012345678901234567890",
                "1.5e3",
                "{\"a\":{\"b\":[1,{\"c\":null},[false,[]]]},\"d\":\"e\",\"a\":2}",
            })
    void aTextIsReadAndWrittenAsDataBindingDoes(String json) throws IOException {
        Object expected = DATA_BINDING.readValue(json, Object.class);

        Object value = JsonValues.parse(json);

        assertThat(value).isEqualTo(expected);
        assertThat(JsonValues.text(value)).isEqualTo(DATA_BINDING.writeValueAsString(expected));
    }

    @Test
    void aTextWithoutAValueIsNothing() throws JsonProcessingException {
        assertThat(JsonValues.parse(" ")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"a\"", "{\"a\":", "{\"a\":1", "[1", "[1,", "tru", "{a:1}", "\"a"})
    void aTextThatEndsTooEarlyOrIsNoJsonIsRefused(String json) {
        assertThatThrownBy(() -> JsonValues.parse(json)).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void whatJsonDoesNotKnowIsWrittenAsItsText() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("state", Thread.State.NEW);
        fields.put("items", Arrays.asList(1L, null, 'c'));

        assertThat(JsonValues.text(fields)).isEqualTo("{\"state\":\"NEW\",\"items\":[1,null,\"c\"]}");
    }

    @Test
    void aStreamStaysOpen() throws IOException {
        boolean[] isClosed = new boolean[1];
        ByteArrayOutputStream stream = new ByteArrayOutputStream() {
            @Override
            public void close() {
                isClosed[0] = true;
            }
        };

        JsonValues.write(stream, List.of("ä"));

        assertThat(stream.toString(StandardCharsets.UTF_8)).isEqualTo("[\"ä\"]");
        assertThat(isClosed[0]).isFalse();
    }
}
