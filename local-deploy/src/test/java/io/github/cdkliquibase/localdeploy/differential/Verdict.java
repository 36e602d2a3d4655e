package io.github.cdkliquibase.localdeploy.differential;

import io.github.cdkliquibase.localdeploy.differential.CasePlayer.Played;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Says what is wrong with how a case ended. */
final class Verdict {

    private Verdict() {}

    /** What is wrong, in words; empty if nothing. */
    static List<String> faults(DifferentialCase played, String version, Played plain, Played ours) {
        List<String> faults = new ArrayList<>();
        compare(faults, played, version, plain, ours);
        if (!ours.holds()) {
            faults.add("This is not true of the function's database: " + played.holds());
        }
        int answered = 0;
        for (int deploy = 1; deploy <= played.deploys(); deploy++) {
            if (!played.isDeleted(deploy)) {
                answer(faults, played, deploy, ours, answered++);
            }
        }
        for (String name : played.same()) {
            List<String> values = ours.data().stream()
                    .filter(data -> !data.isEmpty())
                    .map(data -> data.getOrDefault(name, ""))
                    .distinct()
                    .toList();
            if (values.size() > 1) {
                faults.add("%s is not the same in all answers: %s".formatted(name, values));
            }
        }
        String log = String.join("\n", ours.log());
        Pattern never = played.never();
        if (never != null && never.matcher(log).find()) {
            faults.add("The log matches '%s': %s".formatted(never, matching(never, ours.log())));
        }
        Pattern warning = played.warning();
        if (warning != null && !warning.matcher(log).find()) {
            faults.add("No line of the log matches '%s'".formatted(warning));
        }
        return faults;
    }

    private static void answer(List<String> faults, DifferentialCase played, int deploy, Played ours, int answered) {
        Pattern reason = played.reason(deploy);
        if (reason != null && !reason.matcher(ours.told().get(answered)).find()) {
            faults.add("The reason of deploy %d does not match '%s'".formatted(deploy, reason));
        }
        played.data(deploy).forEach((name, value) -> {
            String answer = ours.data().get(answered).getOrDefault(name, "");
            if (!answer.equals(value)) {
                faults.add("%s of deploy %d is '%s', and must be '%s'".formatted(name, deploy, answer, value));
            }
        });
    }

    private static String matching(Pattern pattern, List<String> lines) {
        return lines.stream()
                .filter(line -> pattern.matcher(line).find())
                .findFirst()
                .orElse("over several lines");
    }

    private static void compare(
            List<String> faults, DifferentialCase played, String version, Played plain, Played ours) {
        Set<Facet> different = EnumSet.noneOf(Facet.class);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < plain.states().size(); i++) {
            if (i == plain.states().size() - 1 && isBetterThanPlain(played, plain, ours)) {
                continue;
            }
            DatabaseState expected = plain.states().get(i);
            DatabaseState actual = ours.states().get(i);
            if (!expected.differences(actual).isEmpty()) {
                different.addAll(expected.differences(actual));
                text.append("after deploy %d:%n".formatted(i + 1));
                text.append(expected.compared("plain", actual, "function"));
                text.append("    plain said: %s%n    function said: %s%n"
                        .formatted(plain.told().get(i), ours.told().get(i)));
            }
        }
        Optional<Set<Facet>> explained = played.differs(version);
        if (!played.isExplained()) {
            if (!different.isEmpty()) {
                faults.add("Not as plain Liquibase: " + text);
            }
        } else if (different.isEmpty() && !explained.map(Set::isEmpty).orElse(false)) {
            faults.add("A difference is explained, and there is none");
        } else if (explained.isPresent() && !explained.get().equals(different)) {
            faults.add("Explained are differences in %s, and there are some in %s: %s"
                    .formatted(explained.get(), different, text));
        }
    }

    // What must hold, and does not with plain Liquibase, stands in the place of the comparison.
    private static boolean isBetterThanPlain(DifferentialCase played, Played plain, Played ours) {
        return !played.isExplained() && ours.holds() && !plain.holds();
    }
}
