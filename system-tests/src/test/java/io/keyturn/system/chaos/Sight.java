package io.keyturn.system.chaos;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.keyturn.testbed.shop.Fleet;
import io.keyturn.testbed.shop.Fleet.Credential;

/** What is kept and published, as OpenBao and Kubernetes tell it to an administrator. Fails while they are away. */
record Sight(Fleet fleet) {
    /** The value in the store that readers of the store read. */
    Credential live(Member member) {
        return fleet.live(member.name());
    }

    /** The live value, and those that runs keep: a new or a previous one. */
    Set<Credential> kept(Member member) {
        var all = new HashSet<>(Set.of(live(member)));
        for (var run : left(member)) {
            fleet.kept(member.name(), run, "").forEach(all::add);
        }
        return all;
    }

    /** The runs that keep values. */
    List<String> left(Member member) {
        return fleet.pending(member.name(), "").stream()
                .map(run -> run.replace("/", ""))
                .toList();
    }

    /** How many versions the live value has had. */
    int versions(Member member) {
        return fleet.versions(member.name());
    }

    /** What a workload reads from that Secret. */
    Credential published(String secret) {
        return fleet.published(secret);
    }

    /** Everything that anybody reads, by where it is read. */
    Map<String, Credential> read(Member member) {
        var all = new HashMap<String, Credential>();
        all.put("store", live(member));
        member.secrets().forEach(secret -> all.put(secret, published(secret)));
        return all;
    }
}
