package io.keyturn.rotation.resource;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.resource.Annotations;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.resource.SecretRotationStatus.DryRun;
import io.keyturn.contract.resource.SecretRotationStatus.Refusal;
import io.keyturn.rotation.dryrun.Rehearsal;
import org.jspecify.annotations.Nullable;

/**
 * Which SecretRotations are asked for a plan, and what was answered. An answer stays until the next one or until nobody asks any
 * more; it lies in the object's own status, so it outlasts this process.
 */
@ApplicationScoped
class DryRuns {
    /** Of a longer token so much counts: status has no room for more. */
    private static final int LONGEST_TOKEN = 128;

    private final KnownRotations known;
    private final Rehearsal rehearsal;
    private final Map<String, DryRun> answers = new ConcurrentHashMap<>();
    private final Set<Question> asked = ConcurrentHashMap.newKeySet();

    private record Question(String uid, String token) {}

    DryRuns(KnownRotations known, Rehearsal rehearsal) {
        this.known = known;
        this.rehearsal = rehearsal;
    }

    /** What is asked; empty if nothing is. */
    static Optional<String> token(SecretRotation rotation) {
        return Optional.ofNullable(rotation.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(Annotations.DRY_RUN))
                .filter(token -> !token.isBlank())
                .map(token -> token.substring(0, Math.min(token.length(), LONGEST_TOKEN)));
    }

    /** Answers if something is asked that was not answered yet; whether it has. Blocking. */
    boolean answer(String uid) {
        var rotation = known.find(uid).orElse(null);
        var token = rotation == null ? null : token(rotation).orElse(null);
        if (rotation == null || token == null) {
            answers.remove(uid);
            return false;
        }
        var question = new Question(uid, token);
        if (isFor(token, answerTo(uid)) || !asked.add(question)) {
            return false;
        }
        try {
            var standing = known.standingAgainst(rotation).stream()
                    .map(problem -> new Refusal(problem.reason().name(), problem.detail()))
                    .toList();
            var answer = rehearsal.of(rotation, token, standing);
            // It may be asked something else by now.
            return keep(uid, token, answer);
        } finally {
            asked.remove(question);
        }
    }

    private boolean keep(String uid, String token, DryRun answer) {
        boolean stillAsked =
                known.find(uid).flatMap(DryRuns::token).filter(token::equals).isPresent();
        if (stillAsked) {
            answers.put(uid, answer);
        }
        return stillAsked;
    }

    /** What status is to say: the answer to what is asked, or until there is one, to what was asked before. */
    @Nullable
    DryRun answerTo(String uid) {
        var rotation = known.find(uid).orElse(null);
        var token = rotation == null ? null : token(rotation).orElse(null);
        if (rotation == null || token == null) {
            return null;
        }
        var seen = rotation.getStatus() == null ? null : rotation.getStatus().dryRun();
        var made = answers.get(uid);
        // Another process may have answered first: then both say the same.
        return isFor(token, seen) || made == null ? seen : made;
    }

    private static boolean isFor(String token, @Nullable DryRun answer) {
        return answer != null && token.equals(answer.token());
    }

    /** The object is gone. */
    void forget(String uid) {
        answers.remove(uid);
    }
}
