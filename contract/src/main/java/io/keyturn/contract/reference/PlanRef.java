package io.keyturn.contract.reference;

import org.jspecify.annotations.Nullable;

/** Which restart plan a fact belongs to, the object whose change caused it, and the publication that change carried, if any. */
public record PlanRef(
        PlanId id, ObjectRef trigger, @Nullable PublicationId publication) {}
