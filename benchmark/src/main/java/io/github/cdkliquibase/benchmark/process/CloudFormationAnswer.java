package io.github.cdkliquibase.benchmark.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** The answer to CloudFormation: one PUT to the response URL. */
final class CloudFormationAnswer {

    private CloudFormationAnswer() {}

    static void success(String responseUrl, String stackId, String requestId, String logicalId) throws IOException {
        byte[] body = """
                {"Status":"SUCCESS","PhysicalResourceId":"migration","StackId":"%s","RequestId":"%s","LogicalResourceId":"%s","Data":{}}\
                """.formatted(stackId, requestId, logicalId).getBytes(UTF_8);
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(responseUrl).toURL().openConnection();
        connection.setRequestMethod("PUT");
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(body.length);
        // Else the connection adds a type, which the signature of the URL does not have.
        connection.setRequestProperty("Content-Type", "");
        connection.getOutputStream().write(body);
        if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
            throw new IOException("The answer was refused with " + connection.getResponseCode());
        }
    }
}
