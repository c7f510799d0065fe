package io.keyturn.rotation.publication;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import org.jspecify.annotations.Nullable;

/** One kind of place where consumers read a credential. Calls block and look before they act. */
public interface Publisher {

    /** What was written and when, by the clock of the place, in whole seconds. */
    record Written(Instant at, List<ObjectRef> objects) {}

    /** Refuses up front what belongs to somebody else. */
    Outcome<Boolean> inspect(RotationPolicy policy);

    /** Reads the credential that is published now, for adoption; empty if there is none that can be read back. */
    Outcome<Optional<Credential>> readBack(RotationPolicy policy, Map<String, String> attributes, String principal);

    /** Writes exactly our keys, stamped with the id. Done without writing if it is stamped so already. */
    Outcome<Written> publish(
            RotationPolicy policy,
            Credential credential,
            Map<String, String> attributes,
            PublicationId id,
            @Nullable String traceparent);
}
