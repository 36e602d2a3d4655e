package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.benchmark.machine.PeakMemory;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.ResponseBucket;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import io.github.cdkliquibase.stage.function.LambdaFunction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A Lambda function under AWS's own runtime client, which answers CloudFormation by itself. */
final class FunctionContestant implements Contestant {

    private static final int LAST_LINES = 15;

    private final String name;
    private final String title;
    private final FunctionRecipe recipe;
    private final ResponseBucket bucket;
    private final Map<String, FunctionStack> stacks = new HashMap<>();

    FunctionContestant(String name, String title, FunctionRecipe recipe, ResponseBucket bucket) {
        this.name = name;
        this.title = title;
        this.recipe = recipe;
        this.bucket = bucket;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public boolean takes(Scenario scenario) {
        return recipe.takes(scenario);
    }

    @Override
    public boolean migrates() {
        return recipe.migrates();
    }

    @Override
    public Reading run(Task task) {
        FunctionSettings settings =
                recipe.settings(task).withMemory(task.megabytes()).withLauncher(task.launcher());
        try (LambdaFunction function = LambdaFunction.create(settings)) {
            Answer answer = stacks.computeIfAbsent(
                            task.target().database(), database -> new FunctionStack(function.arn(), bucket))
                    .deploy(function, recipe.properties(task));
            if (!answer.succeeded()) {
                throw new ContestantFailedException(answer.reason() + "\n" + lastWords(function));
            }
            return new Reading(function.coldStart(), peak(function));
        }
    }

    // The process waits for its next event, so its mark is that of the whole run.
    private static long peak(LambdaFunction function) {
        return PeakMemory.ofProcess(function.processId().orElseThrow()).orElseThrow();
    }

    private static String lastWords(LambdaFunction function) {
        List<String> lines = function.output();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }
}
