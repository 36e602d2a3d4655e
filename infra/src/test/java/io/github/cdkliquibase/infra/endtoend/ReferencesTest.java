package io.github.cdkliquibase.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReferencesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Template OTHER = new Template("Network", json("""
            {
              "Resources": {"Vpc": {"Type": "AWS::EC2::VPC"}},
              "Outputs": {"Out": {"Value": {"Ref": "Vpc"}, "Export": {"Name": "Network:Vpc"}}}
            }
            """));

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            "plain"                                              | plain
            16                                                   | 16
            true                                                 | true
            {"Ref": "Thing"}                                     | App-Thing.Ref
            {"Ref": "AWS::Region"}                               | eu-central-1
            {"Ref": "AWS::StackName"}                            | App
            {"Fn::GetAtt": ["Thing", "Endpoint.Port"]}           | App-Thing.Endpoint.Port
            {"Fn::Join": ["-", ["a", {"Ref": "Thing"}]]}         | a-App-Thing.Ref
            {"Fn::Sub": "a-${AWS::AccountId}-${Thing.Arn}"}      | a-111122223333-App-Thing.Arn
            {"Fn::Sub": ["${x}/${Thing}", {"x": {"Ref": "AWS::Partition"}}]} | aws/App-Thing.Ref
            {"Fn::ImportValue": "Network:Vpc"}                   | Network-Vpc.Ref
            """)
    void aReferenceBecomesWhatItRefersToAndAScalarAText(String value, String expected) {
        assertThat(resolved(value)).isEqualTo(expected);
    }

    @Test
    void listsAndMapsKeepTheirShape() {
        assertThat(resolved("{\"a\": [1, {\"Ref\": \"Thing\"}], \"b\": {\"c\": false}}"))
                .isEqualTo(Map.of("a", List.of("1", "App-Thing.Ref"), "b", Map.of("c", "false")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"Ref\": \"Nothing\"}",
                "{\"Ref\": \"AWS::NoValue\"}",
                "{\"Fn::GetAtt\": [\"Nothing\", \"Arn\"]}",
                "{\"Fn::ImportValue\": \"Network:Subnet\"}",
                "{\"Fn::Base64\": \"a\"}",
                "{\"Fn::Join\": [\"\", [[\"a\"]]]}",
                "\"{{resolve:secretsmanager:a:SecretString:password}}\"",
            })
    void whatIsNotKnownFails(String value) {
        assertThatIllegalStateException().isThrownBy(() -> resolved(value));
    }

    private static Object resolved(String value) {
        Template app = new Template(
                "App", json("{\"Resources\": {\"Thing\": {\"Type\": \"T\", \"Properties\": {\"P\": " + value + "}}}}"));
        return new References(
                        new CloudAssembly(List.of(app, OTHER), Map.of()),
                        (resource, attribute, references) -> resource.name() + "." + attribute)
                .properties(app.resource("Thing"))
                .getOrDefault("P", "");
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
