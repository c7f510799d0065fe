package io.keyturn.testbed.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import io.keyturn.testbed.process.Child;

/**
 * A throw-away certificate authority and a server certificate for {@code localhost} and {@code 127.0.0.1}, as PEM files.
 *
 * @param authority certificate that clients trust
 * @param certificate the server's certificate
 * @param key the server's private key, readable by its owner only
 */
public record ServerCertificate(Path authority, Path certificate, Path key) {

    private static final String PASSWORD = "throw-away";

    /** Makes both with the JDK's keytool and writes them to the folder. */
    public static ServerCertificate create(Path folder) throws IOException {
        Path store = folder.resolve("tls.p12");
        keytool(
                store,
                "ca",
                "CN=Keyturn testbed authority",
                "-ext",
                "bc:c=ca:true",
                "-ext",
                "ku:c=keyCertSign,cRLSign");
        keytool(store, "server", "CN=localhost", "-signer", "ca", "-ext", "san=dns:localhost,ip:127.0.0.1");
        try (InputStream content = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(content, PASSWORD.toCharArray());
            ServerCertificate made = new ServerCertificate(
                    folder.resolve("ca.crt"), folder.resolve("server.crt"), folder.resolve("server.key"));
            Files.writeString(
                    made.authority, pem("CERTIFICATE", keys.getCertificate("ca").getEncoded()));
            Files.writeString(
                    made.certificate,
                    pem("CERTIFICATE", keys.getCertificate("server").getEncoded()));
            Files.createFile(
                    made.key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            byte[] secret = keys.getKey("server", PASSWORD.toCharArray()).getEncoded();
            Files.writeString(made.key, pem("PRIVATE KEY", secret));
            return made;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("keytool's key store cannot be read", e);
        }
    }

    /** For clients that believe in this authority only. */
    public SSLContext trust() {
        return trust(authority);
    }

    /** The same for the authority of somebody else's server, in PEM. */
    public static SSLContext trust(Path authority) {
        try {
            KeyStore believed = KeyStore.getInstance("PKCS12");
            believed.load(null, null);
            believed.setCertificateEntry("ca", read(authority));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(believed);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the authority's certificate cannot be read", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For a server that shows this certificate. */
    public SSLContext serve() {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            String body = Files.readString(key).replaceAll("-----[^-]*-----", "");
            PrivateKey secret = KeyFactory.getInstance("EC")
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(body)));
            keys.setKeyEntry(
                    "server", secret, PASSWORD.toCharArray(), new Certificate[] {read(certificate), read(authority)});
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the server's key cannot be read", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Certificate read(Path file) throws IOException, GeneralSecurityException {
        try (InputStream content = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(content);
        }
    }

    private static void keytool(Path store, String alias, String name, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-dname",
                name));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "7", "-storetype", "PKCS12"));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
        command.addAll(List.of(more));
        Child.run("keytool", command, Map.of(), Duration.ofSeconds(30));
    }

    private static String pem(String kind, byte[] content) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n";
    }
}
