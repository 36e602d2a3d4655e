package io.github.cdkliquibase.localdeploy.cloudformation;

import java.net.URI;
import java.time.Duration;

/** How the bucket treats one request. */
public sealed interface Behaviour {

    /** As the real bucket: takes in a PUT that fits its signed URL, and refuses others. */
    record Normal() implements Behaviour {}

    /** Takes nothing in and answers with this HTTP status. */
    record Refuse(int status) implements Behaviour {}

    /** Takes nothing in and sends the client elsewhere (status 307). */
    record Redirect(URI target) implements Behaviour {}

    /** Reads the request and resets the connection. */
    record Reset() implements Behaviour {}

    /** Reads the request, lets time pass, then goes on. */
    record Wait(Duration time, Behaviour then) implements Behaviour {}
}
