package io.github.cdkliquibase.infra.endtoend;

import io.github.cdkliquibase.stage.function.FunctionSettings;
import io.github.cdkliquibase.stage.function.Invocation;
import io.github.cdkliquibase.stage.function.LambdaFunction;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lambda: runs the functions of the stacks that are deployed at the moment. A Java function stays warm for as long as its
 * definition is the same; a Node function is cold each time.
 */
final class Functions implements AutoCloseable {

    private static final Path RUNTIME_CLIENT = Path.of(System.getProperty("localdeploy.lambda-runtime"));
    private static final String CHANGELOG_DIR = "CHANGELOG_DIR";

    private final URI secretsManager;
    private final Path authorities;
    private final LambdaApi api = LambdaApi.open(this::invoke);
    private final Map<String, Environment> environments = new ConcurrentHashMap<>();
    private final List<String> invoked = new CopyOnWriteArrayList<>();
    private volatile Function<String, FunctionDefinition> deployed = arn -> {
        throw new IllegalStateException("There is no function '%s'".formatted(arn));
    };

    private record Environment(FunctionDefinition definition, LambdaFunction function) {}

    /**
     * Lambda without functions.
     *
     * @param secretsManager the endpoint that they read secrets from
     * @param authorities the PEM file that the application trusts in the place of the one in its zip
     */
    Functions(URI secretsManager, Path authorities) {
        this.secretsManager = secretsManager;
        this.authorities = authorities;
    }

    static String arn(String name) {
        return "arn:aws:lambda:%s:%s:function:%s".formatted(LambdaFunction.REGION, LambdaFunction.ACCOUNT, name);
    }

    /** From now on an ARN means the function that is given for it. */
    void deploy(Function<String, FunctionDefinition> definitions) {
        deployed = definitions;
    }

    Invocation invoke(String arn, String event) {
        FunctionDefinition definition = deployed.apply(arn);
        invoked.add(definition.runtime());
        return definition.runtime().startsWith("nodejs")
                ? NodeFunction.invoke(definition, event, api.url())
                : environments
                        .compute(arn, (key, running) -> environment(definition, running))
                        .function()
                        .invoke(event);
    }

    /** The runtimes of all functions that were invoked, in the order in which they were. */
    List<String> invoked() {
        return List.copyOf(invoked);
    }

    /** All lines that the function of this ARN has written, of all its processes with its definition of now. */
    List<String> output(String arn) {
        Environment environment = environments.get(arn);
        return environment == null ? List.of() : environment.function().output();
    }

    /** Kills the processes of all functions, in the middle of what they do. */
    void kill() {
        environments.values().forEach(environment -> environment.function().kill());
    }

    private Environment environment(FunctionDefinition definition, @Nullable Environment running) {
        if (running != null && running.definition().equals(definition)) {
            return running;
        }
        if (running != null) {
            running.function().close();
        }
        return new Environment(definition, LambdaFunction.create(settings(definition)));
    }

    private FunctionSettings settings(FunctionDefinition definition) {
        FunctionSettings settings = FunctionSettings.of(definition.code(), definition.handler(), RUNTIME_CLIENT)
                .withName(definition.name())
                .withTimeout(definition.timeout())
                .withMemory(definition.memoryMegabytes());
        for (Map.Entry<String, String> variable : definition.environment().entrySet()) {
            settings = settings.withVariable(variable.getKey(), variable.getValue());
        }
        if (!definition.layers().isEmpty()) {
            settings =
                    settings.withVariable(CHANGELOG_DIR, changelog(definition).toString());
        }
        return settings.withVariable("AWS_ENDPOINT_URL_SECRETS_MANAGER", secretsManager.toString())
                .withVariable("DATABASE_AUTHORITIES", authorities.toString());
    }

    // Nothing can be mounted at /opt here, so the function is told where its layer is instead.
    private static Path changelog(FunctionDefinition definition) {
        if (definition.layers().size() != 1) {
            throw new IllegalStateException(
                    "Function '%s' must have one layer, got %s".formatted(definition.name(), definition.layers()));
        }
        Path inLambda = Path.of(definition.environment().getOrDefault(CHANGELOG_DIR, "/opt/changelog"));
        Path opt = Path.of("/opt");
        if (!inLambda.startsWith(opt)) {
            throw new IllegalStateException("Changelog must be in the layer, below /opt, got '%s'".formatted(inLambda));
        }
        return definition.layers().getFirst().resolve(opt.relativize(inLambda));
    }

    @Override
    public void close() {
        environments.values().forEach(environment -> environment.function().close());
        api.close();
    }
}
