package io.github.cdkliquibase.lambda.engine.postgresql;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * Sockets that detect a dead peer within about eleven seconds while they wait for an answer, such as after a failover.
 * Linux needs two hours by default.
 *
 * <p>Public, with a public constructor, because the driver makes it by reflection.
 */
public final class KeepAliveSockets extends SocketFactory {

    static final int IDLE_SECONDS = 5;
    static final int INTERVAL_SECONDS = 2;
    static final int PROBES = 3;

    /** Called by the driver. */
    public KeepAliveSockets() {}

    @Override
    public Socket createSocket() throws IOException {
        Socket socket = new Socket();
        for (var option : Map.of(
                        ExtendedSocketOptions.TCP_KEEPIDLE, IDLE_SECONDS,
                        ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL_SECONDS,
                        ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES)
                .entrySet()) {
            if (socket.supportedOptions().contains(option.getKey())) {
                socket.setOption(option.getKey(), option.getValue());
            }
        }
        return socket;
    }

    // The driver connects by itself. The base class requires these methods.

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException();
    }
}
