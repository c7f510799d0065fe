package io.keyturn.system.chaos;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyturn.testbed.Testbed;

/** What is kept and published, as OpenBao and Kubernetes tell it to an administrator. Fails while they are away. */
record Sight(Testbed testbed, String namespace) {
    /** The value in the store that readers of the store read. */
    Credential live(Member member) {
        return testbed.openBao()
                .api()
                .readSecret("secret", path(member))
                .map(Sight::credential)
                .orElseThrow();
    }

    /** The live value, and those that runs keep: a new or a previous one. */
    Set<Credential> kept(Member member) {
        var all = new HashSet<>(Set.of(live(member)));
        for (var run : left(member)) {
            for (var slot : testbed.openBao().api().list("keyturn-pending/metadata/" + path(member) + "/" + run)) {
                testbed.openBao()
                        .api()
                        .readSecret("keyturn-pending", path(member) + "/" + run + "/" + slot)
                        .map(Sight::credential)
                        .ifPresent(all::add);
            }
        }
        return all;
    }

    /** The runs that keep values. */
    List<String> left(Member member) {
        return testbed.openBao().api().list("keyturn-pending/metadata/" + path(member)).stream()
                .map(run -> run.replace("/", ""))
                .toList();
    }

    /** How many versions the live value has had. */
    int versions(Member member) {
        return testbed.openBao()
                .api()
                .read("secret/metadata/" + path(member))
                .orElseThrow()
                .at("/data/current_version")
                .asInt();
    }

    /** What a workload reads from that Secret. */
    Credential published(String secret) {
        var found = testbed.kubernetes()
                .admin()
                .secrets()
                .inNamespace(namespace)
                .withName(secret)
                .get();
        var data = Objects.requireNonNull(found).getData().get("LOGIN");
        return Credential.of(new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8));
    }

    /** Everything that anybody reads, by where it is read. */
    Map<String, Credential> read(Member member) {
        var all = new HashMap<String, Credential>();
        all.put("store", live(member));
        member.secrets().forEach(secret -> all.put(secret, published(secret)));
        return all;
    }

    private String path(Member member) {
        return namespace + "/" + member.name();
    }

    private static Credential credential(JsonNode fields) {
        return new Credential(
                fields.path("username").asText(), fields.path("password").asText());
    }
}
