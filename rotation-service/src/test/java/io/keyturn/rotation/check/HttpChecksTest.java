package io.keyturn.rotation.check;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class HttpChecksTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254",
                "0.0.0.0",
                "224.0.0.1",
                "fe80::1",
                "::",
                "ff02::1",
                "fd00:ec2::254",
                "64:ff9b::a9fe:a9fe",
                "::ffff:169.254.169.254"
            })
    void whatNoServiceListensAtIsNotCalledWhateverNameItHas(String address) throws UnknownHostException {
        assertThat(HttpChecks.isNobodysService(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "192.168.1.1", "8.8.8.8", "fd00:1::1", "2001:db8::1"})
    void whatServicesHaveIsCalled(String address) throws UnknownHostException {
        assertThat(HttpChecks.isNobodysService(InetAddress.getByName(address))).isFalse();
    }
}
