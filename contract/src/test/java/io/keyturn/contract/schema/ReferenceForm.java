package io.keyturn.contract.schema;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import io.keyturn.contract.reference.ActorName;
import io.keyturn.contract.reference.AnnotationName;
import io.keyturn.contract.reference.AnnotationValue;
import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.reference.FindingId;
import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.Owner;
import io.keyturn.contract.reference.PlanId;
import io.keyturn.contract.reference.PrincipalName;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadRef;

/** The form a textual reference has in JSON: a pattern for the whole text, and how long it may be. */
public record ReferenceForm(String pattern, int maxLength) {
    /** Types that are one text, and their longest. A test tries each length on the type itself. */
    static final Map<Class<? extends Record>, Integer> TEXTS = Map.ofEntries(
            Map.entry(ActorName.class, 253),
            Map.entry(AnnotationName.class, 28),
            Map.entry(AnnotationValue.class, 5),
            Map.entry(ClusterName.class, 63),
            Map.entry(FindingId.class, 64),
            Map.entry(KeyName.class, 253),
            Map.entry(PlanId.class, 64),
            Map.entry(PrincipalName.class, 128),
            Map.entry(PublicationId.class, 50),
            Map.entry(ResourceVersion.class, 20),
            Map.entry(RotationId.class, 40),
            Map.entry(Uid.class, 64));

    private static final int LONGEST_FINGERPRINT = 9 + 1 + 64;

    /** The form of a type whose JSON is one text; empty for an object. */
    public static Optional<ReferenceForm> of(Class<?> type) {
        if (type == Fingerprint.class) {
            return Optional.of(
                    new ReferenceForm("^[1-9][0-9]{0,8}:" + source(type, "FORM") + "$", LONGEST_FINGERPRINT));
        }
        return Optional.ofNullable(TEXTS.get(type)).map(longest -> whole(type, "FORM", longest));
    }

    /** The form of a text inside a reference that is an object. */
    static ReferenceForm ofComponent(Class<?> owner, String component) {
        if (owner == ObjectRef.class) {
            return component.equals("namespace") ? whole(owner, "NAMESPACE", 63) : whole(owner, "NAME", 253);
        }
        if (owner == WorkloadRef.class) {
            return whole(owner, "NAME", component.equals("namespace") ? 63 : 253);
        }
        if (owner == Owner.class) {
            return whole(owner, "FORM", component.equals("kind") ? 63 : 253);
        }
        throw new IllegalArgumentException("No form for " + owner.getSimpleName() + "." + component);
    }

    private static ReferenceForm whole(Class<?> type, String field, int maxLength) {
        return new ReferenceForm("^" + source(type, field) + "$", maxLength);
    }

    /** Java's pattern in the words that ECMAScript knows too. */
    private static String source(Class<?> type, String field) {
        try {
            var constant = type.getDeclaredField(field);
            constant.setAccessible(true);
            return ((Pattern) constant.get(null)).pattern().replace("\\p{Cntrl}", "\\x00-\\x1F\\x7F");
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type.getSimpleName() + " has no pattern " + field, e);
        }
    }
}
