package io.keyturn.watcher.due;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.watcher.due.Due.Now;

/**
 * What is asked for on behalf of one SecretRotation. A request may be lost before anybody reads it, so it is said again, as it was,
 * while it is due and status shows no run: whoever knows its id passes it over. The pause doubles up to an hour, because status shows
 * the last run only: a request of long ago, whose token was left in its annotation, looks like one that nobody took up.
 */
public final class Requests {
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final Duration firstPause;
    private final Map<RotationId, Said> said = new HashMap<>();
    private final Set<RotationId> answered = new HashSet<>();

    private record Said(RotationRequested request, Duration pause, Instant again) {}

    /** @param firstPause how long after it was said first a request that nobody takes up is said again */
    public Requests(Duration firstPause) {
        this.firstPause = firstPause;
    }

    /** What is to be said now. */
    public List<RotationRequested> toSay(Policy policy, Due due, Instant now) {
        var wanted = wanted(policy, due, now);
        var ids = wanted.stream().map(RotationRequested::id).collect(Collectors.toSet());
        said.keySet().retainAll(ids);
        answered.retainAll(ids);
        if (policy.lastRun() != null && ids.contains(policy.lastRun().id())) {
            answered.add(policy.lastRun().id());
        }
        said.keySet().removeAll(answered);
        return wanted.stream()
                .filter(request -> !answered.contains(request.id()))
                .flatMap(request -> toSay(request, policy, now).stream())
                .toList();
    }

    /** The broker has it. */
    public void said(RotationRequested request, Instant at) {
        var last = said.get(request.id());
        var pause = last == null ? firstPause : last.pause().multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        said.put(request.id(), new Said(request, pause, at.plus(pause)));
    }

    /** Whether it was said before. */
    public boolean isSaid(RotationId id) {
        return said.containsKey(id);
    }

    /** When something may have to be said again. */
    public Optional<Instant> again() {
        return said.values().stream().map(Said::again).min(Instant::compareTo);
    }

    private Optional<RotationRequested> toSay(RotationRequested request, Policy policy, Instant now) {
        var last = said.get(request.id());
        if (last == null) {
            return Optional.of(request);
        }
        return policy.underWay() || last.again().isAfter(now) ? Optional.empty() : Optional.of(last.request());
    }

    private static List<RotationRequested> wanted(Policy policy, Due due, Instant now) {
        var basedOn = policy.lastRun() == null ? null : policy.lastRun().id();
        var wanted = new ArrayList<RotationRequested>();
        // What a person asks for before adoption, or while suspended, waits: its annotation stays.
        boolean may = policy.adopted() && !policy.suspended() && !policy.deleting();
        var compromised = policy.compromisedToken();
        if (may && compromised != null && !compromised.isBlank()) {
            var id = RequestId.compromised(policy.uid(), compromised);
            wanted.add(byHand(policy, id, RequestReason.COMPROMISE, now));
        }
        var token = policy.rotateToken();
        if (may && token != null && !token.isBlank()) {
            wanted.add(byHand(policy, RequestId.manual(policy.uid(), token), RequestReason.MANUAL, now));
        }
        var last = policy.lastRun();
        // A paused run is not over: it hears the same word itself.
        if (may && last != null && !last.succeeded() && last.id().value().equals(policy.retryOf())) {
            var reason = last.emergency() ? RequestReason.COMPROMISE : RequestReason.MANUAL;
            wanted.add(byHand(policy, RequestId.retry(policy.uid(), last.id()), reason, now));
        }
        if (due instanceof Now(var since)) {
            wanted.add(new RotationRequested(
                    policy.ref(),
                    policy.uid(),
                    RequestId.scheduled(policy.uid(), since),
                    RequestReason.SCHEDULE,
                    basedOn,
                    since,
                    null,
                    now));
        }
        return wanted;
    }

    private static RotationRequested byHand(Policy policy, RotationId id, RequestReason reason, Instant now) {
        var basedOn = policy.lastRun() == null ? null : policy.lastRun().id();
        return new RotationRequested(policy.ref(), policy.uid(), id, reason, basedOn, null, policy.requestedBy(), now);
    }
}
