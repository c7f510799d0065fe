package io.keyturn.contract.event;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.keyturn.contract.reference.AnnotationName;
import io.keyturn.contract.reference.AnnotationValue;
import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.Owner;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.contract.reference.Uid;
import org.jspecify.annotations.Nullable;

/**
 * The object now has this content. Stated when content, steering annotations or publication id differ from what was stated
 * last, and never otherwise.
 *
 * @param incarnation counts restores of etcd: versions are comparable only within one
 * @param fingerprints per key, one fingerprint per generation of the master in force
 */
public record SecretChanged(
        ObjectRef about,
        Uid uid,
        ResourceVersion resourceVersion,
        int incarnation,
        Map<KeyName, List<Fingerprint>> fingerprints,
        @Nullable Owner owner,
        Origin origin,
        @Nullable PublicationId publication,

        @JsonDeserialize(converter = SteeringAnnotations.class)
        Map<AnnotationName, AnnotationValue> annotations,

        Instant observedAt)
        implements SecretEvent {}
