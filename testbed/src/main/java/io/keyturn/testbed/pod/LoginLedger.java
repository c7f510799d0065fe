package io.keyturn.testbed.pod;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/** What the pods' programs saw when they logged in. Holds user names and SQLSTATEs, never a password or a message. Thread-safe. */
public final class LoginLedger {
    private static final Duration HISTORY = Duration.ofMinutes(5);

    private final Map<Who, Tally> tallies = new LinkedHashMap<>();
    private final List<Login> failures = new ArrayList<>();
    private final Map<String, Login> lastOfPod = new HashMap<>();

    /** One attempt; {@code sqlState} is null when it succeeded. */
    public record Login(
            String namespace,
            String app,
            String pod,
            String user,
            Instant at,
            @Nullable String sqlState) {
        public boolean succeeded() {
            return sqlState == null;
        }
    }

    /** Which user of which application. */
    public record Who(String namespace, String app, String user) {}

    /** How often that user logged in and was refused, and when an attempt was first and last made. */
    public record Count(Who who, long successes, long failures, Instant first, Instant last) {}

    private static final class Tally {
        long successes;
        long failures;
        Instant first = Instant.MAX;
        Instant last = Instant.MIN;
        final Deque<Instant> recent = new ArrayDeque<>();
    }

    synchronized void add(Login login) {
        var tally = tallies.computeIfAbsent(new Who(login.namespace(), login.app(), login.user()), _ -> new Tally());
        tally.first = tally.first.isBefore(login.at()) ? tally.first : login.at();
        tally.last = login.at();
        lastOfPod.put(login.namespace() + "/" + login.pod(), login);
        if (login.succeeded()) {
            tally.successes++;
            tally.recent.addLast(login.at());
            while (tally.recent.getFirst().isBefore(login.at().minus(HISTORY))) {
                tally.recent.removeFirst();
            }
        } else {
            tally.failures++;
            failures.add(login);
        }
    }

    /** The pod's program has ended: it uses nothing any more. */
    synchronized void ended(String namespace, String pod) {
        lastOfPod.remove(namespace + "/" + pod);
    }

    /** All that was counted, in the order in which each user first appeared. */
    public synchronized List<Count> counts() {
        return tallies.entrySet().stream()
                .map(entry -> {
                    var tally = entry.getValue();
                    return new Count(entry.getKey(), tally.successes, tally.failures, tally.first, tally.last);
                })
                .toList();
    }

    /** The same for one namespace. */
    public List<Count> counts(String namespace) {
        return counts().stream()
                .filter(count -> count.who().namespace().equals(namespace))
                .toList();
    }

    /** Every attempt of that namespace that failed, oldest first. */
    public synchronized List<Login> failedLogins(String namespace) {
        return failures.stream()
                .filter(login -> login.namespace().equals(namespace))
                .toList();
    }

    /** Successful logins of that user in that namespace, of all applications together. */
    public long successes(String namespace, String user) {
        return counts(namespace).stream()
                .filter(count -> count.who().user().equals(user))
                .mapToLong(Count::successes)
                .sum();
    }

    /** Successful logins per second and user over the window that ends at the given instant (at most five minutes). */
    public synchronized Map<String, Double> loginsPerSecond(String namespace, Duration window, Instant end) {
        var rates = new TreeMap<String, Double>();
        var begin = end.minus(window);
        tallies.forEach((who, tally) -> {
            if (who.namespace().equals(namespace)) {
                long count = tally.recent.stream()
                        .filter(at -> at.isAfter(begin) && !at.isAfter(end))
                        .count();
                rates.merge(who.user(), count / (window.toMillis() / 1000.0), Double::sum);
            }
        });
        return rates;
    }

    /** The users that running pods of that namespace tried at their last attempt. */
    public synchronized Set<String> usersInUse(String namespace) {
        return lastOfPod.values().stream()
                .filter(login -> login.namespace().equals(namespace))
                .map(Login::user)
                .collect(Collectors.toSet());
    }

    /** The last attempt of each running pod of that application. */
    synchronized List<Login> lastAttempts(String namespace, String app) {
        return lastOfPod.values().stream()
                .filter(login ->
                        login.namespace().equals(namespace) && login.app().equals(app))
                .toList();
    }
}
