package io.github.cdkliquibase.lambda.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.cdkliquibase.lambda.json.JsonValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/** Writes an event of the log as one JSON object on one line, with its key-value pairs as fields of the object. */
final class JsonLineEncoder extends EncoderBase<ILoggingEvent> {

    private static final int USUAL_LENGTH = 512;

    private final JsonFactory json = new JsonFactory();
    private final StackWithoutMessages stacks = new StackWithoutMessages();

    JsonLineEncoder() {}

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(USUAL_LENGTH);
        try (JsonGenerator fields = json.createGenerator(line)) {
            fields.writeStartObject();
            fields.writeStringField("timestamp", DateTimeFormatter.ISO_INSTANT.format(event.getInstant()));
            fields.writeStringField("message", event.getFormattedMessage());
            fields.writeStringField("logger", event.getLoggerName());
            fields.writeStringField("level", event.getLevel().toString());
            if (event.getThrowableProxy() != null) {
                fields.writeStringField("stackTrace", stacks.convert(event));
            }
            List<KeyValuePair> pairs = event.getKeyValuePairs();
            if (pairs != null) {
                for (KeyValuePair pair : pairs) {
                    fields.writeFieldName(pair.key);
                    JsonValues.write(fields, pair.value);
                }
            }
            fields.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Memory has no output that could fail", e);
        }
        line.write('\n');
        return line.toByteArray();
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }
}
