package io.github.cdkliquibase.lambda.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import liquibase.Scope;
import liquibase.change.Change;
import liquibase.change.ChangeFactory;
import liquibase.change.core.ExecuteShellCommandChange;
import org.junit.jupiter.api.Test;

final class CommandChangeTest {

    @Test
    void liquibaseTakesItWhereverAChangelogHasTheChange() {
        Change made = Scope.getCurrentScope().getSingleton(ChangeFactory.class).create("executeCommand");

        assertThat(made).isInstanceOf(CommandChange.class);
        assertThat(made.getSerializedObjectName()).isEqualTo("executeCommand");
    }

    @Test
    void itsCheckSumIsThatOfLiquibasesOwn() {
        assertThat(filled(new CommandChange()).generateCheckSum())
                .isEqualTo(filled(new ExecuteShellCommandChange()).generateCheckSum());
    }

    private static ExecuteShellCommandChange filled(ExecuteShellCommandChange change) {
        change.setExecutable("sh");
        change.addArg("-c");
        change.addArg("env");
        change.setTimeout("10s");
        change.setOs("Linux");
        return change;
    }
}
