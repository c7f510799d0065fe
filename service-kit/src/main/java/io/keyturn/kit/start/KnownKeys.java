package io.keyturn.kit.start;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import io.keyturn.contract.topic.Service;

/** Finds misspelt variables of the environment; misspelt properties of files and of the command line are refused by the mappings. */
final class KnownKeys {
    private static final String ROOT = "keyturn.";
    private static final String INBOX = ROOT + "inbox.";

    private final Set<String> known;
    private final List<String> own;

    /** @param known the properties this service understands; {@code [*]} stands for any index */
    KnownKeys(Service service, Collection<String> known) {
        this.known = new TreeSet<>(known);
        this.own = List.of(ROOT + name(service) + ".", INBOX);
    }

    /**
     * Variables of the environment that nothing here reads. Only those below this service's own prefix or the inbox's: whatever
     * else begins with {@code KEYTURN_} may have been put there for another program.
     */
    List<Complaint> unknownVariables(Collection<String> variables) {
        return own.stream()
                .flatMap(prefix -> unknownVariables(prefix, variables).stream())
                .toList();
    }

    private List<Complaint> unknownVariables(String own, Collection<String> variables) {
        var prefix = Complaint.variable(own);
        var names = new TreeSet<String>();
        known.forEach(property -> names.add(Complaint.variable(property.replace("[*]", ""))));
        var complaints = new ArrayList<Complaint>();
        for (var variable : new TreeSet<>(variables)) {
            var plain = variable.replaceAll("_\\d+_?$", "");
            if (variable.startsWith(prefix) && !names.contains(variable) && !names.contains(plain)) {
                var property = own
                        + variable.substring(prefix.length())
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '.');
                complaints.add(new Complaint(property, "is not a setting of this service", remedy(property)));
            }
        }
        return complaints;
    }

    private String remedy(String property) {
        return known.stream()
                .min(Comparator.comparingInt(
                        candidate -> distance(candidate.replace('-', '.'), property.replace('-', '.'))))
                .filter(nearest -> distance(nearest.replace('-', '.'), property.replace('-', '.')) <= 4)
                .map(nearest -> "did you mean " + nearest + "?")
                .orElse("remove it, or look its name up in docs/reference/configuration.md");
    }

    private static String name(Service service) {
        return service.name().toLowerCase(Locale.ROOT);
    }

    /** Levenshtein: how many letters have to be put in, left out or changed. */
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + change);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
