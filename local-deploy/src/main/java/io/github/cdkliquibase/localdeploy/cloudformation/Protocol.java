package io.github.cdkliquibase.localdeploy.cloudformation;

import io.github.cdkliquibase.localdeploy.function.Invocation;
import java.util.function.Function;

/** How an event gets to a function and its answer back to CloudFormation. */
interface Protocol {

    Answer send(CustomResourceEvent event, Function<String, Invocation> function);
}
