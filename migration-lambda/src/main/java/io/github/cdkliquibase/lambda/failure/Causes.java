package io.github.cdkliquibase.lambda.failure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Looks through an exception and its causes. */
public final class Causes {

    private static final Pattern CLASS_NAME = Pattern.compile("[\\w$]++(?:[./][\\w$]++)*+");

    private Causes() {}

    /** The exception and its causes, the outermost first, each once. */
    public static List<Throwable> chain(Throwable failure) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Throwable> chain = new ArrayList<>();
        @Nullable Throwable cause = failure;
        while (cause != null && seen.add(cause)) {
            chain.add(cause);
            cause = cause.getCause();
        }
        return chain;
    }

    /** The outermost exception of the given type, the given one included. */
    public static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
        return chain(failure).stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    /** The innermost cause; the exception itself when it has none. */
    public static Throwable root(Throwable failure) {
        List<Throwable> chain = chain(failure);
        return chain.get(chain.size() - 1);
    }

    /** The missing class that a failure names, with dots in its name; empty if it names none. */
    public static Optional<String> missingClass(Throwable failure) {
        return chain(failure).stream()
                .filter(cause -> cause instanceof NoClassDefFoundError || cause instanceof ClassNotFoundException)
                .map(Throwable::getMessage)
                .filter(message ->
                        message != null && CLASS_NAME.matcher(message).matches())
                .map(message -> message.replace('/', '.'))
                .reduce((outer, inner) -> inner);
    }
}
