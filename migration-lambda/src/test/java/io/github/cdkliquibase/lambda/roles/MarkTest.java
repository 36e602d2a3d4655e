package io.github.cdkliquibase.lambda.roles;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MarkTest {

    private static final ResourceIdentity RESOURCE = new ResourceIdentity("shop", "51af3dc0-da77", "Roles");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "true | app | ",
                "true | app | OldRoles",
                "false | it's of 'x' | ",
                "true | x', taken over from resource 'y | OldRoles"
            })
    void isReadAsItWasWritten(boolean made, String database, String takenOverFrom) {
        Mark mark = new Mark(made, RESOURCE, "Owner", database, takenOverFrom);

        assertThat(Mark.read(mark.comment())).contains(mark);
    }

    @Test
    void isASentenceForPeople() {
        assertThat(new Mark(true, RESOURCE, "Application", "app", "OldRoles").comment())
                .isEqualTo(
                        "Made by cdk-liquibase for stack 'shop', resource 'Roles' (51af3dc0-da77), 'Application' of database 'app',"
                                + " taken over from resource 'OldRoles'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Made by cdk-liquibase", "The role of the shop", "Made by cdk-liquibase for stack 'shop'"})
    void isNoneWhereTheCommentIsOfSomebodyElseOrOfAnEarlierVersion(String comment) {
        assertThat(Mark.read(comment)).isEmpty();
        assertThat(Mark.read(null)).isEmpty();
    }

    @Test
    void holdsNoCharacterThatEndsAPart() {
        ResourceIdentity resource = new ResourceIdentity("a'b", "c)d", "e f");

        assertThat(resource).isEqualTo(new ResourceIdentity("a_b", "c_d", "e_f"));
        Mark mark = new Mark(true, resource, "Owner", "app", null);
        assertThat(Mark.read(mark.comment())).contains(mark);
    }
}
