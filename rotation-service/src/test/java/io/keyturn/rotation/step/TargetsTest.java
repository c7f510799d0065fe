package io.keyturn.rotation.step;

import java.util.List;

import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.contract.resource.SecretRotationSpec.Store;
import io.keyturn.contract.resource.SecretRotationSpec.Target;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.secretstore.Stores;
import io.keyturn.rotation.standin.OwnerPublisherDouble;
import io.keyturn.rotation.standin.StagedStoreDouble;
import io.keyturn.rotation.standin.TargetProviderDouble;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a spec claims is what the kinds of its branches claim, whichever they are. */
class TargetsTest {
    private final Targets targets = new Targets(
            List.of(new TargetProviderDouble()),
            new Stores(List.of(new StagedStoreDouble())),
            new Publishers(List.of(new OwnerPublisherDouble())));

    @Test
    void eachKindSaysWhatOnlyOneMayManage() {
        var publish = List.of(new Publication(null), new Publication(null));
        var spec = new SecretRotationSpec(
                null, null, new Target(null), new Store(null), publish, null, null, null, null, null, null, null);

        assertThat(targets.claims("shop", spec))
                .containsExactly(
                        new Claim("spec.store.double", "store"),
                        new Claim("spec.publish[0].double", "owned shop"),
                        new Claim("spec.publish[1].double", "owned shop"),
                        new Claim("spec.target.double", "target shop"));
    }

    @Test
    void whatIsMissingClaimsNothing() {
        var empty = new SecretRotationSpec(null, null, null, null, null, null, null, null, null, null, null, null);

        assertThat(targets.claims("shop", empty)).isEmpty();
        assertThat(targets.claims("shop", null)).isEmpty();
    }
}
