package io.keyturn.rotation.step;

import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;

import io.keyturn.rotation.check.HttpChecks;
import io.keyturn.rotation.consumer.Consumers;
import io.keyturn.rotation.publication.Publisher;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.secretstore.SecretStore;
import io.keyturn.rotation.secretstore.Stores;
import io.keyturn.rotation.target.TargetProvider;

/** The steps of the service as they are, put together without a container. */
public final class ModelSteps {
    private ModelSteps() {}

    public static Steps of(
            TargetProvider target,
            SecretStore store,
            Publisher publisher,
            Consumers consumers,
            HttpChecks checks,
            OtherRuns runs,
            InstantSource clock) {
        var stores = new Stores(List.of(store));
        var publishers = new Publishers(List.of(publisher));
        var values = new Values(stores);
        var publications = new Publications(publishers, consumers, clock.withZone(ZoneOffset.UTC));
        return new Steps(
                new Targets(List.of(target), stores, publishers),
                stores,
                new Adoption(stores, publishers),
                new Mend(publishers),
                new Beginning(stores, publishers, values, new NextPrincipal(publishers, consumers, runs)),
                new WayForward(stores, publishers, consumers, checks, values, publications),
                new WayBack(stores, publishers, consumers, values, publications, new Goals(publishers)),
                new Ending(stores, publishers, values, new LeftBehind(stores, runs)));
    }
}
