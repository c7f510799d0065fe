package io.keyturn.system.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.keyturn.system.chaos.TargetLogin.Answer;
import io.keyturn.testbed.openbao.VaultRefused;
import io.keyturn.testbed.shop.Fleet.Credential;

/** Sees from outside who is refused: readers of a value that is kept live or published, and whoever holds any kept value at all. */
final class Oracle {
    /** Shorter than the time for which one of two roles outlives what is live and published: who logs in later has read something that may be over. */
    private static final Duration FRESH = Duration.ofSeconds(2);
    /** One look may straddle the moment at which the password changes; so many in a row do not. */
    private static final int LOOKS = 3;

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private final Sight sight;
    private final TargetLogin login;
    private final Duration readAgain;
    private final List<Refusal> refusals = new CopyOnWriteArrayList<>();
    private final List<Refusal> lockOuts = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<Reader, Span> refusedNow = new ConcurrentHashMap<>();
    private final List<Window> windows = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<Member, Seen> lastSeen = new ConcurrentHashMap<>();
    private final Rate attempts = new Rate();
    private final LongAdder logins = new LongAdder();
    private final LongAdder looks = new LongAdder();
    private final LongAdder blind = new LongAdder();

    /** Somebody was refused. */
    record Refusal(Member member, Instant at) {}

    /** From the first refusal of a reader to its next login. */
    record Window(Member member, Span span) {}

    /** Who reads there. */
    private record Reader(Member member, String place) {}

    /** What a member's readers have read, by where it is read. */
    private record Seen(Instant at, Map<String, Credential> values) {}

    private static final Seen NOTHING = new Seen(Instant.EPOCH, Map.of());

    /** What a look at the kept values comes to. */
    enum Look {
        FINE,
        LOCKED_OUT,
        /** Target or store was away, or values changed meanwhile. */
        NOT_SEEN
    }

    /** @param readAgain until then readers log in again with what they have: logins are many, and reading is what costs most */
    Oracle(Sight sight, TargetLogin login, Duration readAgain) {
        this.sight = sight;
        this.login = login;
        this.readAgain = readAgain;
    }

    /** Each reader of this member logs in with what it reads; now and then, and while nothing can be read, with what it read last. */
    void read(Member member) {
        var before = lastSeen.get(member);
        var seen = seen(member, Objects.requireNonNullElse(before, NOTHING));
        // With one role only who has just read is sure to get in.
        var read = seen == before && !member.twoRoles() ? Instant.EPOCH : seen.at();
        seen.values().forEach((place, credential) -> {
            attempts.count(Instant.now());
            tell(new Reader(member, place), login.with(credential), read);
        });
    }

    private Seen seen(Member member, Seen last) {
        var now = Instant.now();
        if (last.at().plus(readAgain).isAfter(now)) {
            return last;
        }
        try {
            var seen = new Seen(now, sight.read(member));
            lastSeen.put(member, seen);
            return seen;
        } catch (VaultRefused | KubernetesClientException away) {
            blind.increment();
            return last;
        }
    }

    private void tell(Reader reader, Answer answer, Instant read) {
        var now = Instant.now();
        switch (answer) {
            case ACCEPTED -> {
                logins.increment();
                var refused = refusedNow.remove(reader);
                if (refused != null) {
                    windows.add(new Window(reader.member(), refused.until(now)));
                }
            }
            case REFUSED -> {
                if (Duration.between(read, now).compareTo(FRESH) < 0) {
                    refusals.add(new Refusal(reader.member(), now));
                    refusedNow.merge(reader, new Span(now, now), (before, _) -> before.until(now));
                }
            }
            case UNREACHABLE -> blind.increment();
        }
    }

    /** Whether some value that is kept anywhere logs in. */
    Look look(Member member) {
        var look = Look.NOT_SEEN;
        try {
            for (int i = 0; i < LOOKS; i++) {
                look = once(member);
                if (look != Look.LOCKED_OUT) {
                    break;
                }
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            }
        } catch (VaultRefused away) {
            look = Look.NOT_SEEN;
        }
        switch (look) {
            case FINE -> looks.increment();
            case LOCKED_OUT -> lockOuts.add(new Refusal(member, Instant.now()));
            case NOT_SEEN -> blind.increment();
        }
        return look;
    }

    private Look once(Member member) {
        Set<Credential> kept = sight.kept(member);
        for (var credential : kept) {
            switch (login.with(credential)) {
                case ACCEPTED -> {
                    return Look.FINE;
                }
                case UNREACHABLE -> {
                    return Look.NOT_SEEN;
                }
                case REFUSED -> {}
            }
        }
        return sight.kept(member).equals(kept) ? Look.LOCKED_OUT : Look.NOT_SEEN;
    }

    List<Refusal> refusals(boolean twoRoles) {
        return refusals.stream()
                .filter(refusal -> refusal.member().twoRoles() == twoRoles)
                .toList();
    }

    List<Refusal> lockOuts() {
        return List.copyOf(lockOuts);
    }

    /** When readers of such values were refused; one that lasts ends with the last refusal. */
    List<Window> windows(boolean twoRoles) {
        var open = refusedNow.entrySet().stream()
                .map(entry -> new Window(entry.getKey().member(), entry.getValue()));
        return Stream.concat(windows.stream(), open)
                .filter(window -> window.member().twoRoles() == twoRoles)
                .toList();
    }

    /** Logins that readers tried. */
    Rate attempts() {
        return attempts;
    }

    /** Logins of readers that were accepted. */
    long logins() {
        return logins.sum();
    }

    /** Looks at kept values of which one logged in. */
    long looks() {
        return looks.sum();
    }

    /** Looks that came to nothing, since something was away. */
    long blind() {
        return blind.sum();
    }
}
