package io.keyturn.rotation.publication.kubernetes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.SecretRotationSpec.SecretPublication;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.PublicationFacts;
import io.keyturn.rotation.policy.TargetFacts;
import io.keyturn.rotation.template.Template;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNullElse;

/** The secret branch of a publication, read: a Secret and the keys that are ours in it. */
record SecretPlan(ObjectRef secret, Map<String, Template> keys) {

    /** @param branch free of faults */
    static SecretPlan of(String namespace, SecretPublication branch, Set<String> attributes) {
        var keys = new LinkedHashMap<String, Template>();
        data(branch).forEach((key, text) -> keys.put(key, Template.parse(text, attributes)));
        return new SecretPlan(ObjectRef.secret(namespace, requireNonNullElse(branch.name(), "")), keys);
    }

    /** Each key on its own: several SecretRotations may share a Secret. */
    static List<Claim> claims(String field, String namespace, SecretPublication branch) {
        return keys(branch).stream()
                .map(key -> new Claim(field + ".data." + key, "secret " + namespace + "/" + branch.name() + "/" + key))
                .toList();
    }

    static PublicationFacts read(String field, String namespace, SecretPublication branch, TargetFacts target) {
        var secret = secret(namespace, branch.name());
        var data = data(branch);
        if (secret.isEmpty() || data.isEmpty()) {
            return new PublicationFacts(
                    List.of(new Fault(field, "needs the name of a Secret and at least one key in data")), List.of());
        }
        var faults = new ArrayList<Fault>();
        if (branch.namespace() != null && !branch.namespace().equals(namespace)) {
            faults.add(new Fault(
                    field + ".namespace",
                    "a SecretRotation publishes only in its own namespace " + namespace + "; remove it"));
        }
        boolean namesPrincipal = false;
        for (var key : data.entrySet()) {
            try {
                namesPrincipal |=
                        Template.parse(key.getValue(), target.attributes()).names(Template.PRINCIPAL);
            } catch (IllegalArgumentException e) {
                faults.add(new Fault(
                        field + ".data." + key.getKey(), requireNonNullElse(e.getMessage(), "is not a template")));
            }
        }
        if (target.principalChanges() && !namesPrincipal) {
            faults.add(new Fault(
                    field + ".data",
                    "the user name changes too (AlternatingRoles); put {username} into at least one key"));
        }
        return new PublicationFacts(List.copyOf(faults), List.of(secret.get()));
    }

    /** Those that are ours in the Secret, also where what is to be in them is not known. */
    static Set<String> keys(SecretPublication branch) {
        return data(branch).keySet();
    }

    private static Map<String, String> data(SecretPublication branch) {
        return requireNonNullElse(branch.data(), Map.<String, String>of());
    }

    private static Optional<ObjectRef> secret(String namespace, @Nullable String name) {
        try {
            return name == null ? Optional.empty() : Optional.of(ObjectRef.secret(namespace, name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
