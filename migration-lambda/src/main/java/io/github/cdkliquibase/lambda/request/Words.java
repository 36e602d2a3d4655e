package io.github.cdkliquibase.lambda.request;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A closed choice of words. A word that only a later version allows is known, and refused with what it asks for.
 *
 * @param <T> of the choice
 */
final class Words<T> implements PropertyType<T> {

    private final Map<String, T> allowed;
    private final Map<String, String> later;

    private Words(Map<String, T> allowed, Map<String, String> later) {
        this.allowed = allowed;
        this.later = later;
    }

    /** The names of the constants of an enum. */
    static <E extends Enum<E>> Words<E> of(Class<E> choice) {
        return of(choice, Enum::name);
    }

    /** A word for each constant of an enum. */
    static <E extends Enum<E>> Words<E> of(Class<E> choice, Function<E, String> word) {
        Map<String, E> allowed = new LinkedHashMap<>();
        for (E constant : choice.getEnumConstants()) {
            allowed.put(word.apply(constant), constant);
        }
        return new Words<>(allowed, Map.of());
    }

    /** The only word of a choice that this version does not have yet. */
    static Words<String> only(String word) {
        return new Words<>(Map.of(word, word), Map.of());
    }

    /**
     * The same choice, with a word that this version refuses.
     *
     * @param capability what the word asks for
     */
    Words<T> later(String word, String capability) {
        Map<String, String> more = new LinkedHashMap<>(later);
        more.put(word, capability);
        return new Words<>(allowed, more);
    }

    /** The words that this version allows, with what they mean. */
    Map<String, T> allowed() {
        return Collections.unmodifiableMap(allowed);
    }

    @Override
    public T read(String name, Object value) {
        String word = PropertyTypes.TEXT.read(name, value);
        T meant = allowed.get(word);
        if (meant != null) {
            return meant;
        }
        String capability = later.get(word);
        if (capability != null) {
            throw new MigrationException(
                    "Property '%s' is %s, but %s is not supported by this version. Only %s is allowed"
                            .formatted(name, Text.quote(word), capability, quoted(allowed.keySet())));
        }
        throw PropertyTypes.wrong(
                name,
                word,
                "one of "
                        + quoted(Stream.concat(allowed.keySet().stream(), later.keySet().stream())
                                .toList()));
    }

    private static String quoted(Collection<String> words) {
        return words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(", "));
    }
}
