# A root, an intermediate, and certificates of all sorts, as PEM files in this folder.
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key.pem"; }
request() { openssl req -new -key "$1.key.pem" -subj "/CN=$2" -out "$1.csr"; }
sign() { # name issuer extensions
    printf '%s\n' "$3" > "$1.ext"
    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key.pem" -CAcreateserial -days 30 -sha256 -extfile "$1.ext" -out "$1.pem"
}
AUTHORITY='basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign'
SERVER='subjectAltName=DNS:web.test,DNS:other.test
basicConstraints=CA:FALSE
extendedKeyUsage=serverAuth'
{
    key root
    openssl req -x509 -new -key root.key.pem -subj "/CN=Second Opinion Root" -days 30 -sha256 -out root.pem \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
    key intermediate; request intermediate "Second Opinion Intermediate"; sign intermediate root "$AUTHORITY"
    key web; request web web.test; sign web intermediate "$SERVER"
    openssl genrsa -out rsa.key.pem 2048; request rsa web.test; sign rsa intermediate "$SERVER"
    key stranger
    openssl req -x509 -new -key stranger.key.pem -subj "/CN=Stranger" -days 30 -sha256 -out stranger.pem \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
    key strange; request strange web.test; sign strange stranger "$SERVER"
    key self
    openssl req -x509 -new -key self.key.pem -subj "/CN=web.test" -days 30 -sha256 -out self.pem \
        -addext subjectAltName=DNS:web.test -addext basicConstraints=CA:FALSE
    cat web.pem intermediate.pem > web-chain.pem
    cat rsa.pem intermediate.pem > rsa-chain.pem
    cat strange.pem stranger.pem > strange-chain.pem
} > certificates.log 2>&1 || { cat certificates.log; exit 1; }
