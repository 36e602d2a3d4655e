package io.github.cdkliquibase.stage.cloudformation;

import java.net.URI;
import java.time.Duration;

/** What goes wrong with one request to the bucket. */
public sealed interface BucketFault {

    /** Nothing: as the real bucket, it takes in a PUT that fits its signed URL, and refuses others. */
    record None() implements BucketFault {}

    /** Takes nothing in and answers with this HTTP status. */
    record Refuse(int status) implements BucketFault {}

    /** Takes nothing in and sends the client elsewhere (status 307). */
    record Redirect(URI target) implements BucketFault {}

    /** Reads the request and resets the connection. */
    record Reset() implements BucketFault {}

    /** Reads the request, lets time pass, then goes on. */
    record Wait(Duration time, BucketFault then) implements BucketFault {}
}
