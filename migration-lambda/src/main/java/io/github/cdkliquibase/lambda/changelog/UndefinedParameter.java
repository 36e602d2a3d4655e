package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.failure.Text;
import java.util.Optional;

/**
 * A parameter that pending changesets use and that has no value.
 *
 * @param name of the parameter. If there is a holder, the name is not shown: it is a piece of the value
 * @param holder the parameter whose value refers to this one, if there is one
 */
record UndefinedParameter(String name, Optional<String> holder) {

    /** The name of the parameter that may be shown. */
    String shownName() {
        return holder.orElse(name);
    }

    /** The reason of a run that is refused for it. */
    String refusal(String user) {
        return holder.map(each ->
                        "The value of parameter %s refers to a parameter that has no value, and changeset '%s' uses it. Nothing was run. Set the missing parameter in the property 'Parameters', or remove the reference from the value"
                                .formatted(Text.quote(each), user))
                .orElseGet(() ->
                        "Parameter %s, which changeset '%s' uses, has no value. Nothing was run. Set it in the property 'Parameters'"
                                .formatted(Text.quote(name), user));
    }

    /** The message of a run that leaves the reference as it is. */
    String warning(String users) {
        return holder.map(each ->
                        "The value of parameter %s refers to a parameter that has no value, so the reference stays as it is in %s. Set the missing parameter in the property 'Parameters'"
                                .formatted(Text.quote(each), users))
                .orElseGet(() ->
                        "Parameter %s has no value, so '${%s}' stays as it is in %s. Set it in the property 'Parameters'"
                                .formatted(Text.quote(name), name, users));
    }
}
