package io.keyturn.rotation.secretstore.vault;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.kit.start.Complaint;
import io.keyturn.kit.start.SettingsRule;
import io.keyturn.rotation.RotationConfig;

/** Whoever may read live values must not read those of running rotations. */
@ApplicationScoped
class VaultMounts implements SettingsRule {
    private final RotationConfig.Vault vault;

    VaultMounts(RotationConfig config) {
        this.vault = config.vault();
    }

    @Override
    public List<Complaint> complaints() {
        return complaints(vault.mount(), vault.pendingMount());
    }

    static List<Complaint> complaints(String mount, String pending) {
        return plain(mount).equals(plain(pending))
                ? List.of(new Complaint(
                        "keyturn.rotation.vault.pending-mount",
                        "is the same as keyturn.rotation.vault.mount",
                        "name another KV v2 mount, which nobody but rotation-service may read"))
                : List.of();
    }

    /** Vault takes a mount with and without slashes at its ends for the same. */
    static String plain(String mount) {
        return mount.replaceAll("^/+|/+$", "");
    }
}
