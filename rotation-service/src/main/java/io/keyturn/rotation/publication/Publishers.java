package io.keyturn.rotation.publication;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Branch;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.PublicationFacts;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.TargetFacts;
import io.keyturn.rotation.publication.Publisher.Replaceable;
import io.keyturn.rotation.publication.Publisher.Stamp;
import io.keyturn.rotation.publication.Publisher.Written;
import io.quarkus.arc.All;
import org.jspecify.annotations.Nullable;

/** The kinds of publication this installation knows; a policy may have several, of several kinds. */
@ApplicationScoped
public class Publishers {
    private final List<Publisher> kinds;

    public Publishers(@All List<Publisher> kinds) {
        this.kinds = kinds;
    }

    /** Reads each publication by its own kind. */
    public PublicationFacts read(String namespace, @Nullable List<Publication> publish, TargetFacts target) {
        var faults = new ArrayList<Fault>();
        var secrets = new ArrayList<ObjectRef>();
        for (int i = 0; publish != null && i < publish.size(); i++) {
            var field = field(i);
            var branch = publish.get(i);
            find(branch)
                    .map(kind -> kind.read(field, namespace, branch, target))
                    .ifPresentOrElse(
                            facts -> {
                                faults.addAll(facts.faults());
                                secrets.addAll(facts.secrets());
                            },
                            () -> faults.add(new Fault(field, "name exactly one publication")));
        }
        if (publish == null || publish.isEmpty()) {
            faults.add(new Fault("spec.publish", "name at least one Secret"));
        }
        return new PublicationFacts(List.copyOf(faults), List.copyOf(secrets));
    }

    /** What only one SecretRotation may manage of the publications. */
    public List<Claim> claims(String namespace, @Nullable List<Publication> publish) {
        var claims = new ArrayList<Claim>();
        for (int i = 0; publish != null && i < publish.size(); i++) {
            var field = field(i);
            var branch = publish.get(i);
            find(branch).ifPresent(kind -> claims.addAll(kind.claims(field, namespace, branch)));
        }
        return claims;
    }

    /** Refuses up front what belongs to somebody else. */
    public Outcome<Boolean> inspect(RotationPolicy policy) {
        var outcome = Outcome.done();
        for (var branch : policy.publish()) {
            outcome = outcome.then(_ -> of(branch).inspect(policy, branch));
        }
        return outcome;
    }

    /** The same of each on its own, by its field, and whether it may be written: one that is refused hides no other. */
    public Map<String, List<Outcome<Boolean>>> inspectEach(RotationPolicy policy) {
        var outcomes = new LinkedHashMap<String, List<Outcome<Boolean>>>();
        for (int i = 0; i < policy.publish().size(); i++) {
            var branch = policy.publish().get(i);
            var seen = of(branch).inspect(policy, branch);
            // Who does not answer this would be waited for again.
            outcomes.put(
                    field(i),
                    seen instanceof Outcome.Unavailable
                            ? List.of(seen)
                            : List.of(seen, of(branch).permits(policy, branch)));
        }
        return outcomes;
    }

    /** What each holds, as far as it can be read back; the caller closes it. */
    public Outcome<List<Credential>> readBackEach(
            RotationPolicy policy, Map<String, String> attributes, String principal) {
        Outcome<List<Credential>> outcome = Outcome.done(List.of());
        for (var branch : policy.publish()) {
            outcome = outcome.then(before -> of(branch)
                    .readBack(policy, branch, attributes, principal)
                    .then(found -> Outcome.done(
                            Stream.concat(before.stream(), found.stream()).toList())));
        }
        return outcome;
    }

    /** The first credential that can be read back; empty if there is none. */
    public Outcome<Optional<Credential>> readBack(
            RotationPolicy policy, Map<String, String> attributes, String principal) {
        Outcome<Optional<Credential>> outcome = Outcome.done(Optional.empty());
        for (var branch : policy.publish()) {
            outcome = outcome.then(found -> found.isPresent()
                    ? Outcome.done(found)
                    : of(branch).readBack(policy, branch, attributes, principal));
        }
        return outcome;
    }

    /**
     * Publishes everywhere; one that fails or has to wait holds no other up. What came of each, in their order.
     *
     * @param values what may be written over
     * @param intact the numbers of the publications where nothing else may
     */
    public List<Outcome<Written>> publish(
            RotationPolicy policy,
            Credential credential,
            Map<String, String> attributes,
            Stamp stamp,
            List<Credential> values,
            List<Integer> intact) {
        var outcomes = new ArrayList<Outcome<Written>>();
        for (int i = 0; i < policy.publish().size(); i++) {
            var branch = policy.publish().get(i);
            var replaceable = new Replaceable(values, intact.contains(i));
            outcomes.add(of(branch).publish(policy, branch, credential, attributes, stamp, replaceable));
        }
        return List.copyOf(outcomes);
    }

    /** Sees to it that who publishes under an earlier claim comes too late. A place that refuses that takes no value from him either. */
    public Outcome<Boolean> fence(RotationPolicy policy, long fence) {
        var outcome = Outcome.done();
        for (var branch : policy.publish()) {
            outcome = outcome.then(_ -> of(branch).fence(policy, branch, fence).ifRejected(true));
        }
        return outcome;
    }

    /** The numbers of those that hold the credential now. */
    public Outcome<List<Integer>> holding(
            RotationPolicy policy, Credential credential, Map<String, String> attributes) {
        var publish = policy.publish();
        return Outcome.those(IntStream.range(0, publish.size()).boxed().toList(), number -> {
            var branch = publish.get(number);
            return now(of(branch).holds(policy, branch, credential, attributes));
        });
    }

    /** Whether any of them holds it now. */
    public Outcome<Boolean> isHeldAnywhere(
            RotationPolicy policy, Credential credential, Map<String, String> attributes) {
        return holding(policy, credential, attributes).then(holding -> Outcome.done(!holding.isEmpty()));
    }

    /** Whether every publication still holds the credential. */
    public Outcome<Boolean> hold(RotationPolicy policy, Credential credential, Map<String, String> attributes) {
        var outcome = Outcome.done();
        for (var branch : policy.publish()) {
            outcome = outcome.then(_ -> of(branch).holds(policy, branch, credential, attributes));
        }
        return outcome;
    }

    /** The same as an answer: whether they do, now. */
    public Outcome<Boolean> holds(RotationPolicy policy, Credential credential, Map<String, String> attributes) {
        return now(hold(policy, credential, attributes));
    }

    private static Outcome<Boolean> now(Outcome<Boolean> holds) {
        return switch (holds) {
            case Outcome.Waiting<Boolean> _ -> Outcome.done(false);
            case Outcome.Done<Boolean> done -> done;
            case Outcome.Unavailable<Boolean> unavailable -> unavailable;
            case Outcome.Rejected<Boolean> rejected -> rejected;
        };
    }

    private static String field(int number) {
        return "spec.publish[" + number + "]";
    }

    private Publisher of(Publication branch) {
        return find(branch).orElseThrow(() -> new IllegalStateException("A branch without faults must have a kind"));
    }

    private Optional<Publisher> find(Publication branch) {
        return Branch.owner(kinds, kind -> kind.handles(branch));
    }
}
