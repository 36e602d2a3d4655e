package io.github.cdkliquibase.lambda;

import java.util.Optional;
import java.util.function.Supplier;

/** A part that is made when it is first asked for, and kept. Where making it fails, the next call tries again. */
final class Lazy<T> {

    private final Supplier<T> maker;
    private Optional<T> made = Optional.empty();

    Lazy(Supplier<T> maker) {
        this.maker = maker;
    }

    T get() {
        if (made.isEmpty()) {
            made = Optional.of(maker.get());
        }
        return made.get();
    }

    /** The part, if it was asked for already. */
    Optional<T> ifMade() {
        return made;
    }
}
