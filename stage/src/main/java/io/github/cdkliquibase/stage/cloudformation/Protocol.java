package io.github.cdkliquibase.stage.cloudformation;

import io.github.cdkliquibase.stage.function.Invocation;
import java.util.function.Function;

/** How an event gets to a function and its answer back to CloudFormation. */
interface Protocol {

    Answer send(CustomResourceEvent event, Function<String, Invocation> function);
}
