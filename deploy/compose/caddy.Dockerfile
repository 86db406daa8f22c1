# Caddy as a user that isn't root, to whom its folders belong. docker-compose.yml lets every user
# listen on ports 80 and 443, so the program needs no capability.
FROM caddy:2-alpine
# A plain copy leaves the file's capability behind; with it the program wouldn't start once the
# container has given up all of them.
RUN cp /usr/bin/caddy /usr/bin/caddy-plain && mv /usr/bin/caddy-plain /usr/bin/caddy \
    && mkdir -p /data/caddy /config/caddy && chown -R 10002:10002 /data /config
COPY deploy/compose/Caddyfile /etc/caddy/Caddyfile
USER 10002:10002
EXPOSE 80 443 443/udp
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
